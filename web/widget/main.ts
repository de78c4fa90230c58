// The script tag: defines the element and adds one to the page.

import { defaults, DaozhangChat } from "./element";

const TAG = "daozhang-chat";
const script = document.currentScript;

function addElement(data: DOMStringMap): void {
  if (document.querySelector(TAG) !== null) return;
  const element = document.createElement(TAG);
  for (const name of ["language", "theme", "identity", "origin"]) {
    const value = data[name];
    if (value !== undefined && value !== "") element.setAttribute(name, value);
  }
  document.body.append(element);
}

if (!customElements.get(TAG)) {
  if (script instanceof HTMLScriptElement && script.src !== "") defaults.origin = new URL(script.src).origin;
  customElements.define(TAG, DaozhangChat);
  if (script instanceof HTMLScriptElement && script.dataset["auto"] !== "off") {
    const { dataset } = script;
    if (document.body) addElement(dataset);
    else document.addEventListener("DOMContentLoaded", () => addElement(dataset), { once: true });
  }
}
