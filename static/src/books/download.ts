// A file from the server, saved by the browser. A POST cannot be a plain link.

import { Failure } from "../lib/api.ts";
import type { Problem } from "../wire.ts";

export interface Saved {
  replaced: number; // characters that the encoding does not have
}

/** Fetches a file and saves it under the name that the server gives it. */
export async function download(method: "GET" | "POST", path: string, body?: unknown): Promise<Saved> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      cache: "no-store",
      ...(body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) {
      const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
      throw new Failure(problem.code ?? "unknown", answer.status, problem.errors);
    }
    const url = URL.createObjectURL(await answer.blob());
    const a = document.createElement("a");
    a.href = url;
    a.download = nameOf(answer.headers.get("Content-Disposition") ?? "");
    document.body.append(a);
    a.click();
    a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (e) {
    throw e instanceof Failure ? e : new Failure("network", 0);
  }
  return { replaced: Number(answer.headers.get("Junban-Replaced") ?? 0) };
}

/** The name of a file, as RFC 6266 writes it. */
function nameOf(disposition: string): string {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1];
  return encoded ? decodeURIComponent(encoded) : /filename="?([^";]+)"?/.exec(disposition)?.[1] ?? "junban.csv";
}
