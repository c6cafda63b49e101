// The patient's page of a service in slot mode. A slot is booked on a page of its own.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { begin, pageLang, pageWords } from "../lib/element.ts";
import { PatientPage } from "../patient/page.ts";
import type { Ticket } from "../wire.ts";
import { about } from "./about.ts";
import { figures } from "./figures.ts";
import type { SlotTexts } from "./texts.ts";

class SlotPage extends PatientPage {
  private readonly words = pageWords<SlotTexts>();

  protected override desk(again: boolean): TemplateResult {
    const { words: w } = this;
    return html`<section class="take"><p>${w.t("slot.bookHint")}</p>
      <p><a class="primary" id="book" href=${"/s/" + this.service + "/book?lang=" + pageLang()}>${w.t(again ? "slot.again" : "slot.book")}</a></p></section>
      ${this.refusal("take")}`;
  }

  protected override figures(): unknown {
    return this.board ? figures(this.words, this.board) : nothing;
  }

  protected override about(t: Ticket): unknown {
    return about(this.words, t);
  }
}

begin("junban-patient", SlotPage);
