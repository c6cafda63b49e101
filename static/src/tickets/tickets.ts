// All tickets of this device in one page, of several people and clinics, each live.

import { html } from "../../vendor/lit/lit.js";
import { begin, PageElement, pageWords } from "../lib/element.ts";
import { keptAt } from "../lib/kept.ts";
import { keepPage } from "../lib/worker.ts";
import { card } from "../patient/card.ts";
import { Follower } from "../patient/follower.ts";
import { forget, keepLinked, kept, ownOfFragment, type Own } from "../patient/own.ts";
import { Signals } from "../patient/signals.ts";
import { Spoken } from "../patient/spoken.ts";
import type { TicketsTexts } from "./texts.ts";

class TicketsPage extends PageElement {
  private readonly w = pageWords<TicketsTexts>();
  private readonly signals = new Signals(this.w);
  private readonly spoken = new Spoken(this.w);
  private followers: Follower[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const linked = ownOfFragment(location.hash);
    if (linked) keepLinked(linked);
    this.followers = kept(this.getAttribute("day") ?? "").map(this.follow);
    document.addEventListener("visibilitychange", this.changed);
    this.tick(5000);
    keepPage();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.changed);
    for (const f of this.followers) f.stop();
  }

  private readonly changed = () => {
    this.signals.update(this.followers);
    this.spoken.update(this.followers);
    this.requestUpdate();
  };

  private readonly follow = (own: Own): Follower => new Follower({
    own, heardAt: keptAt(), changed: this.changed,
    onGone: (gone) => this.drop(gone),
    onMoved: (from, to) => {
      this.followers = this.followers.map((f) => (f.own === from ? this.follow(to) : f));
      this.changed();
    },
  });

  private drop(own: Own): void {
    forget(own.id);
    for (const f of this.followers) if (f.own === own) f.stop();
    this.followers = this.followers.filter((f) => f.own !== own);
    this.changed();
  }

  override render() {
    const { w, followers } = this;
    const remove = (f: Follower) => html`<p class="small"><button type="button" class="remove" @click=${() => f.own && this.drop(f.own)}>${w.t("tickets.remove")}</button></p>`;
    return html`<p class="spoken" role="status">${this.spoken.text}</p>
      ${followers.length > 0
      ? html`<p>${w.t("tickets.intro")}</p><ul class="cards">${followers.map((f) => card(w, f, remove(f)))}</ul>`
      : html`<p id="none"><b>${w.t("tickets.none")}</b></p><p>${w.t("tickets.noneHelp")}</p>`}
      <p class="find"><a href=${"/" + location.search}>${w.t("tickets.find")}</a></p>`;
  }
}

begin("junban-tickets", TicketsPage);
