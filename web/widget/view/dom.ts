// Builds elements without ever reading HTML.

type Child = Node | string | null | false;

/** An element with attributes (true: present, false or null: absent) and children; strings become text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number | boolean | null> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const child of children) if (child !== null && child !== false) element.append(child);
  return element;
}

export function setAttribute(element: Element, name: string, value: string | number | boolean | null): void {
  if (value === null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value === true ? "" : value)) {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Set a text only when it differs, for screen readers read out what is set. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether the key belongs to an input method, where Enter chooses characters and Escape drops them. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229; // Old WebKit says so only by key code.
}

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  chat: "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.1a.6.6 0 0 1-1-.45V16A2.5 2.5 0 0 1 4 13.6Z M8.3 9.6l2.5 2.4 4.9-4.9",
  mark: "M5.5 12.700l4.2 4.2 8.8-9.2",
  close: "M6 9l6 6 6-6",
  cross: "M6 6l12 12M18 6L6 18",
  send: "M4.5 12L3.6 4.6a.6.6 0 0 1 .86-.62l16 7.47a.6.6 0 0 1 0 1.1l-16 7.47a.6.6 0 0 1-.86-.62ZM4.5 12h8",
  picture: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.500v11a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 17.500Z M4.3 16.600l4.6-4.6 3.6 3.6 2.4-2.4 4.8 4.8 M15.6 9.300h.01",
  camera: "M4 8.500A1.5 1.5 0 0 1 5.5 7h2.300l1.3-2h5.800l1.3 2h2.300A1.5 1.5 0 0 1 20 8.500v9a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 17.500Z M12 16a3.2 3.2 0 1 0 0-6.400 3.2 3.2 0 0 0 0 6.400Z",
  down: "M12 5v13M6.5 12.500L12 18l5.5-5.5",
  person: "M12 12a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.400Z M4.8 19.600a7.3 7.3 0 0 1 14.4 0",
  bot: "M7 8.500h10A2.5 2.5 0 0 1 19.5 11v5a2.5 2.5 0 0 1-2.5 2.500H7A2.5 2.5 0 0 1 4.5 16v-5A2.5 2.5 0 0 1 7 8.500ZM12 8.500V5M9 13v1M15 13v1",
  warn: "M12 8v5M12 16.200h.01M12 3.500l9 16H3Z",
  check: "M5 12.500l4.5 4.500L19 7.5",
  shield: "M12 3.500l7 2.600v5.400c0 4.3-2.9 7.5-7 9-4.1-1.5-7-4.7-7-9V6.100Z M9 12l2.2 2.200L15.2 10",
} as const;

export type Icon = keyof typeof PATHS;

/** A drawing that says nothing to screen readers. */
export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
