// The patient's page of a service in order mode.

import { html, nothing, type TemplateResult } from "../../vendor/lit/lit.js";
import { begin, given } from "../lib/element.ts";
import { receptionOf, takesTickets } from "../lib/status.ts";
import type { Kind } from "../wire.ts";
import { closed } from "./closed.ts";
import { form } from "./form.ts";
import { PatientPage } from "./page.ts";

class OrderPage extends PatientPage {
  private readonly kinds = given<Kind[]>("kinds") || [];

  /** The web desk: the reason why it issues no tickets, or the form. */
  protected override desk(again: boolean): TemplateResult {
    const { reception: r } = this;
    const is = this.board ? receptionOf(this.board) : "closed";
    const open = takesTickets(is);
    const early = is === "before";
    return html`
      ${this.board ? closed(this.w, this.board, is, this.clock, this.tel) : nothing}
      ${form(this.w, {
        kinds: this.kinds,
        maxParty: Number(this.getAttribute("max-party")) || 1,
        busy: this.busy,
        pending: r.pending !== undefined,
        closed: !open,
        early,
        again,
        firstFull: this.board?.firstVisit === "none",
        identify: this.hasAttribute("identify"),
        tel: this.tel,
        days: r.days,
        later: r.days.length > 0 && (r.later || !(open || early)),
        first: r.first,
        offer: this.getAttribute("first") || "button",
        card: { least: Number(this.getAttribute("card-least")), most: Number(this.getAttribute("card-most")) },
        choose: (later, first) => {
          r.later = later;
          r.first = first;
          this.requestUpdate();
        },
        submit: (request) => this.take(() => r.take(request)),
        resend: () => r.pending && this.take(() => r.send(r.pending as NonNullable<typeof r.pending>)),
      })}
      ${this.refusal("take")}`;
  }
}

begin("junban-patient", OrderPage);
