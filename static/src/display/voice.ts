// The chime and the voice of the browser. Browsers are silent until the page is
// touched, and may become silent again. Whether sound works is tested each time.

import type { Sayer } from "./announcer.ts";

const notes = [659.26, 523.25]; // Hz: a doorbell, known in every house
const noteEvery = 0.55; // seconds
const noteLasts = 1.4;

export class Voice implements Sayer {
  private context: AudioContext | undefined;
  private refused = false; // the browser refused to speak
  private speaking: SpeechSynthesisUtterance | undefined; // a reference: Chromium forgets an utterance without one, and never ends it

  /** Whether sound works has changed. */
  constructor(private readonly onChange: () => void) {
    if ("speechSynthesis" in window) speechSynthesis.onvoiceschanged = onChange;
  }

  /** Whether the browser allows sound. */
  get open(): boolean {
    return this.context?.state === "running" && !this.refused;
  }

  /** Tests the sound: after a touch, or at once if the browser's flags allow it. */
  unlock(): void {
    this.refused = false;
    try {
      this.context = this.context ?? this.build();
      this.context.resume().then(this.onChange, this.onChange);
    } catch {
      // a browser without sound remains locked, and the page shows that
    }
    this.onChange();
  }

  private build(): AudioContext {
    const context = new AudioContext();
    context.onstatechange = this.onChange;
    return context;
  }

  speaks(lang: string): boolean {
    return this.voice(lang) !== undefined;
  }

  private voice(lang: string): SpeechSynthesisVoice | undefined {
    if (!("speechSynthesis" in window)) return undefined;
    const voices = speechSynthesis.getVoices().filter((v) => v.lang.slice(0, 2).toLowerCase() === lang.slice(0, 2));
    return voices.find((v) => v.localService) ?? voices[0];
  }

  chime(done: () => void): void {
    const context = this.context;
    if (!context || context.state !== "running") {
      context?.resume().catch(() => undefined); // the next call tries again
      return done();
    }
    notes.forEach((hertz, i) => {
      const at = context.currentTime + i * noteEvery;
      const tone = context.createOscillator();
      const level = context.createGain();
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0.0001, at);
      level.gain.exponentialRampToValueAtTime(0.5, at + 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, at + noteLasts);
      tone.connect(level);
      level.connect(context.destination);
      tone.start(at);
      tone.stop(at + noteLasts);
      tone.onended = () => {
        tone.disconnect();
        level.disconnect();
        if (i === notes.length - 1) done();
      };
    });
  }

  say(text: string, lang: string, done: () => void): void {
    const voice = this.voice(lang);
    if (!voice) return done();
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.9;
    words.onend = done;
    words.onerror = (e) => {
      if (e.error === "not-allowed") {
        this.refused = true;
        this.onChange();
      }
      done();
    };
    this.speaking = words;
    speechSynthesis.cancel(); // an utterance without an end would block the next ones
    speechSynthesis.speak(this.speaking);
  }

  stop(): void {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }
}
