"use strict";
(() => {
  const form = document.querySelector(".filter");
  const conversations = [...document.querySelectorAll(".conversation")];
  const texts = conversations.map((each) => each.textContent.toLowerCase());
  const show = () => {
    const onlyFailed = form.elements.state.value === "failed";
    const words = form.elements.words.value.trim().toLowerCase();
    let count = 0;
    conversations.forEach((each, place) => {
      const fits = (!onlyFailed || each.classList.contains("failed")) && texts[place].includes(words);
      each.hidden = !fits;
      count += fits;
    });
    form.querySelector("output").textContent = `${count} shown`;
  };
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
