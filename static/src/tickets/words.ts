// The words of the page of all tickets of a device, as its parts take them.

import type { Words } from "../lib/i18n.ts";
import type { TicketsTexts } from "./texts.ts";

export type TicketsWords = Words<TicketsTexts>;
