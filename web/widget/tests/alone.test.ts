import { describe, expect, it } from "vitest";
import { runAlone } from "../alone";

type Locks = NonNullable<Parameters<typeof runAlone>[2]>;
const granting = { request: async (_: string, run: () => Promise<void>) => run() } as unknown as Locks;
const forbidden = { request: () => Promise.reject(new DOMException("no storage", "SecurityError")) } as unknown as Locks;

describe("runAlone", () => {
  it.each([["locks", granting], ["forbidden locks", forbidden], ["no locks", undefined]])("does the work once with %s", async (_, locks) => {
    let count = 0;
    const work = async (): Promise<number> => (count += 1);
    expect(await runAlone("open", work, locks)).toBe(1);
    expect(count).toBe(1);
  });

  it("raises what the work raised, without a second try", async () => {
    let count = 0;
    const work = async (): Promise<never> => {
      count += 1;
      throw new Error("refused");
    };
    await expect(runAlone("open", work, granting)).rejects.toThrow("refused");
    expect(count).toBe(1);
  });
});
