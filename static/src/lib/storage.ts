// What a page remembers on its own device. Browsers refuse storage in private
// windows and where cookies are blocked; then a page remembers until it closes.

export class Shelf {
  private memory = new Map<string, string>();

  constructor(private open: () => Storage) {}

  put(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    this.memory.set(key, text);
    try {
      this.open().setItem(key, text);
    } catch {
      // memory has it
    }
  }

  /** The stored value, if it is readable and valid. */
  get<T>(key: string, looksRight: (value: unknown) => value is T): T | undefined {
    let text = this.memory.get(key);
    try {
      text = this.open().getItem(key) ?? text;
    } catch {
      // memory may have it
    }
    try {
      const value: unknown = JSON.parse(text ?? "null");
      return looksRight(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  drop(key: string): void {
    this.memory.delete(key);
    try {
      this.open().removeItem(key);
    } catch {
      // nothing to drop
    }
  }
}

/** Kept until it is dropped. */
export const device = new Shelf(() => localStorage);

/** Kept as long as the tab. */
export const tab = new Shelf(() => sessionStorage);
