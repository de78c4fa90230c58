// A conversation as a conversation test, saved as a file.

import { ElMessage } from "element-plus";

import * as calls from "../api/calls";
import { complain } from "./desk";

export const fileName = (id: string): string => `conversation-${id.slice(0, 8)}.yml`;

/** Let the browser save it; what went wrong is said. */
export async function saveAsTest(id: string, done: string): Promise<void> {
  try {
    const url = URL.createObjectURL(new Blob([await calls.test(id)], { type: "application/yaml" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName(id);
    link.click();
    // The browser has read it by then; at once would be too early for some.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    ElMessage({ type: "success", message: done, duration: 2_500 });
  } catch (error) {
    complain(error);
  }
}
