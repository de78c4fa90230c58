// @vitest-environment happy-dom
// Where the customer writes.
import { expect, it } from "vitest";
import { Composer } from "../view/composer";

it("says that the customer writes, and no more once it is sent or taken back", () => {
  const happened: unknown[] = [];
  const actions = {
    sendText: (text: string) => happened.push(text),
    sendPicture: () => happened.push("picture"),
    typing: (isTyping: boolean) => happened.push(isTyping),
  };
  const { element, input } = new Composer(actions, () => undefined, () => undefined);
  const write = (text: string): void => {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  };
  write("hel");
  write(" ");
  write("hello");
  element.dispatchEvent(new Event("submit"));
  expect(happened).toEqual([true, false, true, false, "hello"]);
});
