// What stays in this browser: one IndexedDB of this origin with small tables of key and value. What
// cannot be kept (a private window, a full disk) is gone with the page, and nobody is told twice.
// Times, sizes and what is in it: docs/spec/app-client.md UI-10 and on.

const NAME = 'geonet';
const STORES = ['identity', 'cache', 'draft', 'set'] as const;
export type StoreName = (typeof STORES)[number];

let opened: Promise<IDBDatabase | undefined> | undefined;

function open(): Promise<IDBDatabase | undefined> {
  opened ??= new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return resolve(undefined);
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const name of STORES)
        if (!request.result.objectStoreNames.contains(name))
          request.result.createObjectStore(name);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => resolve(undefined);
  });
  return opened;
}

async function run<T>(
  store: StoreName,
  mode: IDBTransactionMode,
  act: (s: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  const db = await open();
  if (!db) return undefined;
  return new Promise((resolve) => {
    try {
      const request = act(db.transaction(store, mode).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

export async function kept<T>(store: StoreName, key: string): Promise<T | undefined> {
  return (await run(store, 'readonly', (s) => s.get(key))) as T | undefined;
}

export async function keptKeys(store: StoreName): Promise<string[]> {
  return ((await run(store, 'readonly', (s) => s.getAllKeys())) ?? []).map(String);
}

export async function keep(store: StoreName, key: string, value: unknown): Promise<void> {
  await run(store, 'readwrite', (s) => s.put(value, key));
}

export async function drop(store: StoreName, key: string): Promise<void> {
  await run(store, 'readwrite', (s) => s.delete(key));
}

export async function clear(store: StoreName): Promise<void> {
  await run(store, 'readwrite', (s) => s.clear());
}
