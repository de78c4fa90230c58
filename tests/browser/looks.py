"""Measures of what is on the screen, of the page or (`inside` a widget's root) of the widget."""

from typing import Any

from playwright.async_api import Page

_SEEN = """
  const root = inside ? document.querySelector(inside).shadowRoot : document.body;
  const parentOf = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    const shown = element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return shown && box.width > 1 && box.height > 1;
  };
  const nameOf = (element, text = element.textContent) =>
    [element.tagName.toLowerCase(), element.getAttribute("class") ?? "", text.trim().slice(0, 30)].join(" ");
"""

_FAINT = f"""(inside) => {{
  {_SEEN}
  const numbers = (color) => {{ const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; }};
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = ([r, g, b]) => {{
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  }};
  const groundOf = (element) => {{
    if (element === null) return matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
    const color = numbers(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, groundOf(parentOf(element)));
  }};
  const faint = [];
  const judge = (element, color, text) => {{
    const ground = groundOf(element);
    const [a, b] = [light(over(numbers(color), ground)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${{ratio.toFixed(2)}} ${{nameOf(element, text)}}`);
  }};
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {{
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text !== "" && element && isSeen(element)) judge(element, getComputedStyle(element).color, text);
  }}
  for (const each of root.querySelectorAll("textarea")) {{
    if (!isSeen(each)) continue;
    judge(each, getComputedStyle(each).color, "input");
    judge(each, getComputedStyle(each, "::placeholder").color, "placeholder");
  }}
  return faint;
}}"""

_SMALL = f"""(inside) => {{
  {_SEEN}
  return [...root.querySelectorAll("button, a[href], summary, textarea, select, input")]
    .filter((each) => isSeen(each) && !each.disabled && !each.matches(".skip, .text a"))
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([, box]) => box.width < 43.5 || box.height < 43.5)
    .map(([each, box]) => `${{Math.round(box.width)}}x${{Math.round(box.height)}} ${{nameOf(each)}}`);
}}"""

_CUT = f"""(inside) => {{
  {_SEEN}
  // Kept for screen readers only.
  const isClipped = (element) =>
    element !== null && (getComputedStyle(element).clipPath !== "none" || isClipped(parentOf(element)));
  const wide = document.documentElement.clientWidth;
  return [...root.querySelectorAll("*")]
    .filter((each) => isSeen(each) && !each.closest("ul.waiting, .skip") && !isClipped(each))
    .filter((each) => {{
      const box = each.getBoundingClientRect();
      const hides = getComputedStyle(each).overflowX !== "visible";
      return box.left < -1 || box.right > wide + 1 || (hides && each.scrollWidth > each.clientWidth + 1);
    }})
    .map((each) => nameOf(each));
}}"""


async def faint_texts(page: Page, inside: str = "") -> Any:
    """Texts with less than 4.5:1 of contrast to what is behind them."""
    return await page.evaluate(_FAINT, inside)


async def small_targets(page: Page, inside: str = "") -> Any:
    """What can be pressed and is smaller than 44 px; links in a running text may be."""
    return await page.evaluate(_SMALL, inside)


async def cut_parts(page: Page, inside: str = "") -> Any:
    """What reaches over an edge of the screen, or is cut by what holds it."""
    return await page.evaluate(_CUT, inside)
