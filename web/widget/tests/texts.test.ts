import { describe, expect, it } from "vitest";
import { Outbox, type Unsent } from "../outbox";
import { EMPTY } from "../store";
import { refusalText, TEXTS, uploadText } from "../texts";
import { MemoryStorage } from "./making";

function pictures(...states: Partial<Unsent>[]): Unsent[] {
  const outbox = new Outbox(new MemoryStorage(), () => undefined);
  for (const each of states) outbox.update(outbox.add({ type: "picture", text: "" }, new Date(0)).client_id, each);
  return [...outbox.entries];
}

describe("uploadText", () => {
  const said = (unsent: Unsent[], percent: number | null = null): string => {
    const first = unsent[0]?.client_id ?? "";
    return uploadText(TEXTS.zh, { ...EMPTY, unsent, progress: percent === null ? {} : { [first]: percent } });
  };

  it("says each quarter of one picture, not more", () => {
    const one = pictures({});
    expect([0, 24, 25, 74, 100].map((percent) => said(one, percent))).toEqual(
      [0, 0, 25, 50, 100].map((percent) => `正在上传图片，${percent}%`),
    );
  });

  it("counts several", () => {
    expect(said(pictures({}, {}, {}, { picture_id: "p1" }), 40)).toBe("正在上传图片，还剩 3 张");
  });

  it("says at the end what did not go out", () => {
    expect(said(pictures({ state: "failed" }, { state: "failed" }))).toBe("2 张图片没有发出，可以重试");
  });

  it("is silent when there is nothing to say", () => {
    expect(said([])).toBe("");
    expect(said(pictures({ picture_id: "p1" }))).toBe("");
  });
});

describe("the texts", () => {
  it("have a sentence of their own for each refusal, in both languages", () => {
    for (const texts of Object.values(TEXTS)) {
      const sentences = Object.keys(texts.refusals).map((code) => refusalText(texts, code));
      expect(new Set(sentences).size).toBe(sentences.length);
      expect(refusalText(texts, "of_tomorrow")).toBe(texts.refusals.other);
    }
  });

  it("differ between the languages", () => {
    for (const [code, words] of Object.entries(TEXTS.zh.refusals)) expect(words).not.toBe(refusalText(TEXTS.en, code));
  });
});
