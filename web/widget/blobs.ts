// Pictures on their way, kept in IndexedDB so that they survive a reload like the words do; else in memory.

const NAME = "daozhang-pictures";
const STORE = "unsent";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

async function inStore<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export class Blobs {
  readonly #memory = new Map<string, Blob>();

  async put(key: string, blob: Blob): Promise<void> {
    this.#memory.set(key, blob);
    await inStore("readwrite", (store) => store.put(blob, key)).catch(() => undefined);
  }

  async get(key: string): Promise<Blob | null> {
    const kept = this.#memory.get(key);
    if (kept) return kept;
    const found: unknown = await inStore("readonly", (store) => store.get(key)).catch(() => null);
    return found instanceof Blob ? found : null;
  }

  async remove(key: string): Promise<void> {
    this.#memory.delete(key);
    await inStore("readwrite", (store) => store.delete(key)).catch(() => undefined);
  }
}
