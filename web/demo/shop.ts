// The demo shop: products to look at, and the demo orders to ask the support about.

import type { DaozhangChat } from "../widget/element";
import type { Language } from "../widget/frames";
import { languageFrom } from "../widget/texts";
import { clockTime, dayLabel } from "../widget/time";
import { h } from "../widget/view/dom";
import { FLAGSHIP, ordersFrom, type DemoOrder } from "./orders";
import { PRODUCTS } from "./products";
import { LINES, SHOP_TEXTS, type Line, type ShopTexts } from "./texts";

const KEY = "daozhang-shop-language";
const COPIED_MS = 2_000;

type Loaded = "loading" | "not_demo" | "unreachable" | readonly DemoOrder[];

let language: Language = "zh";
let line: Line | null = null;
let loaded: Loaded = "loading";

const texts = (): ShopTexts => SHOP_TEXTS[language];
const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

/** Open the chat with what it will ask for, as a phone's chat covers the list. */
function ask({ order_no, phone_tail }: Pick<DemoOrder, "order_no" | "phone_tail">): void {
  document.querySelector<DaozhangChat>("daozhang-chat")?.ask(texts().say(order_no, phone_tail));
}

function button(label: string, name: string, pressed: () => void, kind = "button small"): HTMLButtonElement {
  const element = h("button", { type: "button", class: kind, "aria-label": name }, label);
  element.addEventListener("click", pressed);
  return element;
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard on pages without TLS: the old way.
    const field = h("textarea", { class: "away", readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}

function copyButton(text: string): HTMLButtonElement {
  const element = button(texts().copy, texts().copyWhat(text), () => void copy(), "copy");
  const copy = async (): Promise<void> => {
    element.textContent = (await copyText(text)) ? texts().copied : texts().copyFailed;
    element.focus();
    window.setTimeout(() => (element.textContent = texts().copy), COPIED_MS);
  };
  return element;
}

function showProducts(): void {
  const groups = LINES.map((each) => {
    const { name, about } = texts().lines[each];
    const cards = PRODUCTS.filter((product) => product.line === each).map((product) =>
      h(
        "li",
        { class: "product" },
        h("h4", {}, product.name[language]),
        h("span", { class: "delivery" }, texts().deliveries[product.delivery]),
        h("span", { class: "price" }, `¥${product.price}`),
        button(texts().buy, `${texts().buy}: ${product.name[language]}`, () => (byId("notice").textContent = texts().buyNotice)),
      ),
    );
    return h("section", { class: `line ${each}` }, h("h3", {}, name), h("p", {}, about), h("ul", {}, ...cards));
  });
  byId("lines").replaceChildren(...groups);
  byId("notice").textContent = "";
}

function billOf({ hint }: DemoOrder): HTMLElement | null {
  if (hint.transaction_no === null) return null;
  const at = hint.paid_at === null ? null : new Date(hint.paid_at);
  const pair = (name: string, ...value: Node[]): HTMLElement => h("div", {}, h("dt", {}, name), h("dd", {}, ...value));
  const paid = at && `${dayLabel(at, new Date(), language)} ${clockTime(at, language)}`;
  return h(
    "details",
    {},
    h("summary", {}, texts().bill),
    h(
      "dl",
      {},
      pair(texts().transactionNo, h("span", { class: "number" }, hint.transaction_no), copyButton(hint.transaction_no)),
      hint.amount && pair(texts().amount, h("span", {}, `¥${hint.amount}`)),
      paid && pair(texts().paidAt, h("span", {}, paid)),
    ),
  );
}

function rowOf(order: DemoOrder): HTMLElement {
  const { order_no, phone_tail, product_line, product, amount } = order;
  const isFlagship = order_no === FLAGSHIP;
  const name = language === "zh" ? product : texts().lines[product_line].name;
  const cell = (label: string | null, kind: string, ...children: (Node | string | null | false)[]): HTMLElement =>
    h("td", { class: kind, role: "cell", "data-name": label }, ...children);
  return h(
    "tr",
    { class: isFlagship ? "flagship" : null, role: "row" },
    cell(
      texts().situation,
      "title",
      isFlagship && h("span", { class: "start" }, texts().start),
      h("strong", {}, language === "zh" ? order.title_zh : order.title_en),
      billOf(order),
    ),
    cell(texts().orderNo, "no", h("span", { class: "number" }, order_no), copyButton(order_no)),
    cell(texts().phoneTail, "tail", h("span", { class: "number" }, phone_tail)),
    cell(texts().product, "what", h("span", {}, name), h("span", { class: "amount" }, `¥${amount}`)),
    cell(null, "do", button(texts().ask, texts().askAbout(order_no), () => ask(order))),
  );
}

/** The roles are written out, for on a phone the rows are laid out as cards and browsers then forget the table. */
function tableOf(orders: readonly DemoOrder[]): HTMLElement {
  const names = [texts().situation, texts().orderNo, texts().phoneTail, texts().product, texts().ask];
  const head = names.map((each, i) =>
    h("th", { scope: "col", role: "columnheader" }, i < 4 ? each : h("span", { class: "away" }, each)),
  );
  return h(
    "table",
    { role: "table", "aria-label": texts().orders },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
    h("tbody", { role: "rowgroup" }, ...orders.map(rowOf)),
  );
}

function showOrders(): void {
  const choices: (Line | null)[] = [null, ...LINES];
  const filters = choices.map((each) => {
    const label = each === null ? texts().all : texts().lines[each].name;
    const choice = button(label, label, () => choose(each), "chip");
    choice.setAttribute("aria-pressed", String(each === line));
    return choice;
  });
  const focused = [...byId("filters").children].indexOf(document.activeElement as Element);
  byId("filters").replaceChildren(...filters);
  filters[focused]?.focus();
  if (typeof loaded === "string") return showTrouble(loaded);
  const shown = loaded.filter((each) => line === null || each.product_line === line);
  byId("count").textContent = texts().count(shown.length, loaded.length);
  byId("list").replaceChildren(tableOf(shown));
}

function showTrouble(state: Extract<Loaded, string>): void {
  const words = { loading: texts().loading, not_demo: texts().notDemo, unreachable: texts().unreachable };
  byId("count").textContent = words[state];
  byId("list").replaceChildren(...(state === "unreachable" ? [button(texts().again, texts().again, () => void load())] : []));
}

function choose(chosen: Line | null): void {
  line = chosen;
  showOrders();
}

async function load(): Promise<void> {
  loaded = "loading";
  showOrders();
  try {
    const answer = await fetch("/demo/orders", { headers: { Accept: "application/json" } });
    loaded = answer.ok ? ordersFrom(await answer.json()) : answer.status === 404 ? "not_demo" : "unreachable";
  } catch {
    loaded = "unreachable";
  }
  showOrders();
}

/** Set every word of the page. */
function speak(chosen: Language): void {
  language = chosen;
  const words = texts() as unknown as Record<string, unknown>;
  document.documentElement.lang = texts().lang;
  document.title = texts().pageTitle;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = String(words[element.dataset["text"] ?? ""]);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
    element.setAttribute("aria-label", String(words[element.dataset["label"] ?? ""]));
  }
  const { short, label, lang } = texts().otherLanguage;
  const toggle = byId("language");
  toggle.textContent = short;
  toggle.lang = lang;
  toggle.setAttribute("aria-label", label);
  showProducts();
  showOrders();
}

function storedLanguage(): Language | null {
  try {
    return languageFrom(window.localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function switchLanguage(): void {
  speak(language === "zh" ? "en" : "zh");
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    // The choice lasts for this page then.
  }
  document.querySelector("daozhang-chat")?.setAttribute("language", language);
}

// The widget's script runs after this one and reads the language from its own tag.
speak(storedLanguage() ?? "zh");
document.querySelector<HTMLScriptElement>("script[data-language]")?.setAttribute("data-language", language);
byId("language").addEventListener("click", switchLanguage);
byId("try").addEventListener("click", () => {
  const orders = typeof loaded === "string" ? [] : loaded;
  ask(orders.find((each) => each.order_no === FLAGSHIP) ?? orders[0] ?? { order_no: FLAGSHIP, phone_tail: "" });
});
void load();
