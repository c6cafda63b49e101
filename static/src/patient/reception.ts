// The reception of a patient: the choices in the form, and the request until it has a
// reply.

import { call, Failure, newKey } from "../lib/api.ts";
import type { Day, Days, Issued, IssueRequest } from "../wire.ts";
import { forgetPending, keepPending, recallPending, type Pending } from "./pending.ts";

export class Reception {
  pending: Pending | undefined; // sent without a reply
  days: Day[] = []; // the days to come that can be booked
  later = false; // one of these days is chosen
  first = false; // the form of a first visit is chosen

  constructor(
    private readonly service: string,
    private readonly booking: boolean, // whether days to come can be booked
  ) {
    this.pending = recallPending(service, Date.now());
  }

  /** Requests the days that can be booked; without a reply only today is offered. */
  async askDays(): Promise<void> {
    if (!this.booking) return;
    try {
      this.days = (await call<Days>({ method: "GET", path: "/v1/services/" + this.service + "/days" })).days;
    } catch {
      this.days = [];
    }
  }

  /** Sends a new reception. */
  take(request: IssueRequest): Promise<Issued> {
    const pending = { key: newKey(), body: request, at: Date.now() };
    keepPending(this.service, pending);
    return this.send(pending);
  }

  /** Sends the request until it has a reply; its key makes that one ticket. */
  async send(pending: Pending): Promise<Issued> {
    try {
      const path = "/v1/services/" + this.service + "/tickets";
      const issued = await call<Issued>({ method: "POST", path, key: pending.key, body: pending.body });
      this.settle();
      this.later = this.first = false;
      return issued;
    } catch (e) {
      if (e instanceof Failure && e.uncertain) this.pending = pending;
      else this.settle();
      throw e;
    }
  }

  private settle(): void {
    this.pending = undefined;
    forgetPending(this.service);
  }
}
