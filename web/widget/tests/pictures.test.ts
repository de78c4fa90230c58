import { describe, expect, it } from "vitest";
import { checkFile, formatOf, MOST_BYTES, scaleFor } from "../pictures";

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (each) => each.charCodeAt(0));
const JPEG = "\xff\xd8\xff\xe0";

describe("formatOf", () => {
  it.each([
    [JPEG, "image/jpeg"],
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["RIFF\n\n\r\xffWEBPVP8 ", "image/webp"],
    ["\0\0\0\x24ftypheic", "heic"],
    ["\0\0\0\nftypheix", "heic"],
    ["\0\0\0\x18ftypmif1", "heic"],
    ["\0\0\0\x1cftypavif", "other"],
    ["GIF89a", "other"],
    ["BM\x36\0", "other"],
  ])("knows %j", (head, format) => {
    expect(formatOf(bytes(head))).toBe(format);
  });

  it.each(["", "\xff\xd8", "<svg xmlns=", "%PDF-1.7", "PK\x03\x04", "\0\0\0\x18ftypmp42", "RIFF\0\0\0\0WAVE", "\x89PNG\n\x1a\n", "<html>"])(
    "takes %j for no picture",
    (head) => {
      expect(formatOf(bytes(head))).toBeNull();
    },
  );
});

describe("checkFile", () => {
  const file = (size: number, type = ""): Blob => new Blob([bytes(JPEG), new Uint8Array(size - JPEG.length)], { type });

  it("goes by the bytes, whatever the name says", async () => {
    expect(await checkFile(file(100, "application/pdf"))).toBe("image/jpeg");
    await expect(checkFile(new Blob(["GIF?"], { type: "image/jpeg" }))).rejects.toThrow("unsupported_picture");
  });

  it("lets pass just what the gateway lets pass", async () => {
    expect(await checkFile(file(MOST_BYTES))).toBe("image/jpeg");
    await expect(checkFile(file(MOST_BYTES + 1))).rejects.toThrow("picture_too_large");
  });

  it("says that an empty file is empty", async () => {
    await expect(checkFile(new Blob([]))).rejects.toThrow("picture_empty");
  });

  it("takes what cannot be read, like a folder, for no picture", async () => {
    const folder = { size: 4096, slice: () => ({ arrayBuffer: () => Promise.reject(new Error("NotReadableError")) }) };
    await expect(checkFile(folder as unknown as Blob)).rejects.toThrow("unsupported_picture");
  });
});

describe("scaleFor", () => {
  it("leaves alone what a phone draws, and makes the rest fit by area", () => {
    expect(scaleFor(1080, 2400)).toBe(1);
    const scale = scaleFor(1000, 48_000);
    expect(scale).toBe(0.5);
  });
});
