// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";

import { api, DeskError } from "../api/client";
import { fileName, saveAsTest } from "../store/recording";

const ID = "3fa91c20".repeat(4);

afterEach(() => vi.restoreAllMocks());

describe("saving a conversation as a test", () => {
  it("lets the browser save what the gateway wrote, under the id of the conversation", async () => {
    const asked = vi.spyOn(api, "text").mockResolvedValue("name: x\n");
    const saved: { name: string; href: string }[] = [];
    const blobs: Blob[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => (blobs.push(blob as Blob), "blob:1"));
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, href: this.href });
    });
    await saveAsTest(ID, "done");
    expect(asked).toHaveBeenCalledWith(`/conversations/${ID}/test`);
    expect(saved).toEqual([{ name: "conversation-3fa91c20.yml", href: "blob:1" }]);
    expect(await blobs[0]?.text()).toBe("name: x\n");
    expect(fileName(ID)).toBe("conversation-3fa91c20.yml");
  });

  it("says what went wrong and saves nothing", async () => {
    vi.spyOn(api, "text").mockRejectedValue(new DeskError(422, "invalid"));
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click");
    await saveAsTest(ID, "done");
    expect(click).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(document.querySelector(".el-message--error, .el-message--warning")).not.toBeNull());
  });
});
