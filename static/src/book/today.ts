// The slots of today, watched: a change on the board is a reason to read them again.

import { startFeed } from "../lib/feed.ts";
import { poll, socket, stream } from "../lib/transport.ts";

export function watchToday(service: string, changed: () => void): void {
  let last: string | undefined;
  startFeed({
    origin: location.origin,
    topics: ["service:" + service],
    token: undefined,
    heardAt: undefined,
    transports: [socket, stream, poll],
    onFrame: ({ board }) => {
      if (!board) return;
      const now = JSON.stringify([board.day, board.reception, board.slots?.today]);
      if (last !== undefined && last !== now) changed();
      last = now;
    },
    onStatus: () => {},
  });
}
