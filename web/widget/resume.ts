// Links such as https://shop.example/?resume=ABCD-EFGH, by which a customer goes on from another device.

export const RESUME = "resume";
const CODE = /^[0-9A-Za-z]{4}-?[0-9A-Za-z]{4}$/;

/** The code of an address, or null; and the address without it, which is safe to keep or to share. */
export function codeOf(address: string): { code: string | null; rest: string } {
  const url = new URL(address);
  const code = url.searchParams.get(RESUME)?.trim() ?? null;
  if (code === null) return { code, rest: address };
  url.searchParams.delete(RESUME);
  return { code: CODE.test(code) ? code.toUpperCase() : null, rest: url.href };
}

/** Take the code out of the page's address, so that a reload does not send it again. */
export function takeCode(): string | null {
  const { code, rest } = codeOf(window.location.href);
  if (rest !== window.location.href) window.history.replaceState(window.history.state, "", rest);
  return code;
}
