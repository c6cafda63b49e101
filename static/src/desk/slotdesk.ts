// The parts of the desk that only services in slot mode have.

import type { Page } from "../staff/page.ts";
import { CheckIn } from "./checkinform.ts";
import { DateClosing } from "./closedate.ts";
import { FreeSlots } from "./freeslots.ts";
import { PhoneBooking } from "./phonebooking.ts";

export class SlotDesk {
  readonly free: FreeSlots;
  readonly phone: PhoneBooking;
  readonly closing: DateClosing;
  readonly checkin: CheckIn;

  constructor(page: Page) {
    this.free = new FreeSlots(page);
    this.phone = new PhoneBooking(page, this.free);
    this.closing = new DateClosing(page);
    this.checkin = new CheckIn(page);
  }
}
