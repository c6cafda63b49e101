// The time of a notice.

/** The local time, with the date where it is not today's. */
export function clock(at: Date, now: Date): string {
  const time = at.toLocaleTimeString("ja-JP");
  return at.toDateString() === now.toDateString() ? time : `${at.getMonth() + 1}/${at.getDate()} ${time}`;
}
