import { describe, expect, it } from "vitest";
import { codeOf } from "../resume";

describe("a link with a resume code", () => {
  it.each([
    ["https://shop.example/?resume=ab2d-efgh", "AB2D-EFGH", "https://shop.example/"],
    ["https://shop.example/help?a=1&resume=AB2DEFGH#top", "AB2DEFGH", "https://shop.example/help?a=1#top"],
    ["https://shop.example/?resume=%20AB2D-EFGH%20", "AB2D-EFGH", "https://shop.example/"],
    ["https://shop.example/?resume=<script>", null, "https://shop.example/"],
    ["https://shop.example/?resume=", null, "https://shop.example/"],
    ["https://shop.example/?a=1", null, "https://shop.example/?a=1"],
  ])("is read and taken out of %s", (address, code, rest) => {
    expect(codeOf(address)).toEqual({ code, rest });
  });
});
