import { describe, expect, it } from "vitest";

import { languageFrom, TEXTS } from "../texts";

/** The names of all texts, with those of the parts inside. */
function names(value: unknown, before = ""): string[] {
  if (typeof value !== "object" || value === null) return [before];
  return Object.entries(value).flatMap(([name, each]) => names(each, `${before}.${name}`));
}

function words(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return [String((value as (...given: unknown[]) => unknown)(1, { by: "A", to: "B", reason: "C" }))];
  return Object.values(value as object).flatMap(words);
}

describe("the texts", () => {
  it("say the same things in both languages, also where any name is allowed", () => {
    expect(names(TEXTS.en).sort()).toEqual(names(TEXTS.zh).sort());
  });

  it("hold no Chinese in English but the name of the other language", () => {
    const chinese = words(TEXTS.en).filter((each) => /[\u4e00-\u9fff]/.test(each));
    expect(chinese).toEqual(["中文"]);
  });

  it("are chosen by the browser's language", () => {
    expect([languageFrom("zh-Hans-CN"), languageFrom("en-GB"), languageFrom("fr")]).toEqual(["zh", "en", "en"]);
  });
});
