// The parts of Node that the tests use.

declare module "node:test" {
  export function test(name: string, run: () => void | Promise<void>): void;
  export function afterEach(run: () => void): void;
}

declare module "node:http" {
  interface Request {
    url: string;
    headers: Record<string, string | undefined>;
  }
  interface Response {
    writeHead(status: number, headers?: Record<string, string>): this;
    write(body: string | Uint8Array): void;
    end(body?: string): void;
  }
  interface Server {
    listen(port: number, host: string, listening: () => void): void;
    address(): { port: number };
    close(): void;
    closeAllConnections(): void;
  }
  export function createServer(answer: (request: Request, response: Response) => void): Server;
}

declare module "node:assert/strict" {
  export function equal(actual: unknown, expected: unknown, message?: string): void;
  export function deepEqual(actual: unknown, expected: unknown, message?: string): void;
  export function ok(value: unknown, message?: string): void;
}
