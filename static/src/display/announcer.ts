// Announces calls one after the other. No two overlap, and a withdrawn call is not
// announced. A browser that never reports an end blocks nothing.

/** A source of sound. Each part may report its end. */
export interface Sayer {
  chime(done: () => void): void;
  speaks(lang: string): boolean;
  say(text: string, lang: string, done: () => void): void;
  stop(): void;
}

export interface Announcement {
  key: string;
  sentences: { text: string; lang: string }[];
}

export interface AnnouncerOptions {
  sayer: Sayer;
  later(ms: number, act: () => void): () => void;
  /** Another call is being announced, or none. */
  onSaying(key: string | undefined): void;
}

const queueMost = 30;
const pause = 600; // ms between two calls, and two repeats
const chimeMost = 4_000; // ms
const sentenceMost = 5_000; // ms, and as much for each character:
const characterMost = 350;

type Step = { ms: number; play(done: () => void): void };

export class Announcer {
  repeat = 1; // announcements of each call
  saying: string | undefined;
  private queue: Announcement[] = [];
  private cancel = () => {};
  private turn = 0; // of the step that plays; a late end of an earlier one is ignored

  constructor(private readonly o: AnnouncerOptions) {}

  get idle(): boolean {
    return this.saying === undefined && this.queue.length === 0;
  }

  /** Queues a call. A full queue drops the oldest one. */
  add(a: Announcement): void {
    this.queue = [...this.queue, a].slice(-queueMost);
    if (this.saying === undefined) this.next();
  }

  /** Keeps only those that are still called. */
  keep(keys: string[]): void {
    this.queue = this.queue.filter((a) => keys.indexOf(a.key) >= 0);
    if (this.saying !== undefined && keys.indexOf(this.saying) < 0) this.quiet();
  }

  /** Ends everything. */
  clear(): void {
    this.keep([]);
  }

  private quiet(): void {
    this.turn++;
    this.cancel();
    this.o.sayer.stop();
    this.next();
  }

  private next(): void {
    const a = this.queue.shift();
    this.saying = a?.key;
    this.o.onSaying(this.saying);
    if (a) this.play(this.steps(a));
  }

  private steps(a: Announcement): Step[] {
    const { sayer } = this.o;
    const chime: Step = { ms: chimeMost, play: (done) => sayer.chime(done) };
    const gap: Step = { ms: pause, play: () => {} };
    const spoken = a.sentences.filter((s) => sayer.speaks(s.lang));
    const once: Step[] = spoken.map((s) => ({
      ms: sentenceMost + characterMost * s.text.length,
      play: (done) => sayer.say(s.text, s.lang, done),
    }));
    const steps: Step[] = once.length > 0 ? [chime] : [];
    for (let i = 0; i < this.repeat; i++) steps.push(...(once.length > 0 ? once : [chime]), gap);
    return steps;
  }

  private play(steps: Step[]): void {
    const [step, ...rest] = steps;
    const mine = ++this.turn;
    if (!step) return this.next();
    const done = () => {
      if (this.turn !== mine) return;
      this.cancel();
      this.play(rest);
    };
    this.cancel = this.o.later(step.ms, done);
    step.play(done);
  }
}
