// The API calls of the pages. A call ends in a reply or in a Failure. A Failure records
// whether the server may have acted.

import type { FieldError, Problem } from "../wire.ts";

export class Failure extends Error {
  constructor(
    readonly code: string, // of the problem; "network" when no answer came
    readonly status: number, // 0 when no answer came
    readonly errors: FieldError[] = [], // of field_invalid
    readonly opensAt = "", // of too_early: when it becomes possible
  ) {
    super(code);
  }

  /** Whether the act may have happened: only the same key may ask again. */
  get uncertain(): boolean {
    return this.status === 0 || this.status === 408 || this.status >= 500;
  }
}

export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
  key?: string; // Idempotency-Key
  token?: string; // of the ticket
  patience?: number; // ms for one try, if not the usual
}

const timeout = 15_000;
const pauses = [500, 1500, 4000]; // between tries, ms

/** A fresh Idempotency-Key. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Calls; while the outcome is uncertain again, unless that could act twice. */
export async function call<T>(c: Call): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await once<T>(c);
    } catch (e) {
      const pause = pauses[i];
      if (!(e instanceof Failure) || !e.uncertain || (c.method === "POST" && !c.key) || pause === undefined) throw e;
      await new Promise((done) => setTimeout(done, pause));
    }
  }
}

async function once<T>(c: Call): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (c.body !== undefined) headers["Content-Type"] = "application/json";
  if (c.key) headers["Idempotency-Key"] = c.key;
  if (c.token) headers["Authorization"] = "Bearer " + c.token;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), c.patience || timeout);
  try {
    const answer = await fetch(c.path, {
      method: c.method,
      headers,
      cache: "no-store",
      signal: abort.signal,
      ...(c.body === undefined ? {} : { body: JSON.stringify(c.body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw failure(answer.status, text);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  } catch (e) {
    throw e instanceof Failure ? e : new Failure("network", 0);
  } finally {
    clearTimeout(timer);
  }
}

function failure(status: number, text: string): Failure {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    return new Failure(problem.code || "unknown", status, problem.errors, problem.opensAt);
  } catch {
    return new Failure("unknown", status);
  }
}
