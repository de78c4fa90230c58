// One tab at a time, where the browser can say so.

/** Run `work` while no other tab of this site runs its own of the same name. */
export async function runAlone<T>(
  name: string,
  work: () => Promise<T>,
  locks: Pick<LockManager, "request"> | undefined,
): Promise<T> {
  const begun: Promise<T>[] = [];
  try {
    await locks?.request(name, async () => {
      begun.push(work());
      await begun[0];
    });
  } catch {
    // Where storage is forbidden, so are locks. What `work` itself raised is raised below.
  }
  return begun[0] ?? work();
}
