// The page of a booking, which works without this script. The script keeps the calendar
// and the slots up to date while the form is open, changes the day without losing what
// was typed, and stores a booking on this device. All HTML is the server's.

import { keep } from "../patient/own.ts";
import { fresh } from "./fresh.ts";
import { watchToday } from "./today.ts";

const main = document.querySelector("main");
const booked = document.getElementById("booked");

if (booked) {
  const { id, token, code, clinic } = booked.dataset;
  if (id && token) keep({ id, token, ...(code ? { cancelCode: code } : {}), ...(clinic ? { clinic } : {}) });
} else if (main?.dataset["step"] === "choose") {
  const page = fresh(main);
  watchToday(main.dataset["service"] ?? "", page.read);
}
document.getElementById("problem")?.focus();

// One press sends a form once. The key of the request would make it one booking anyway.
document.addEventListener("submit", (e) => {
  const form = e.target as HTMLFormElement;
  if (form.dataset["sent"]) e.preventDefault();
  form.dataset["sent"] = "1";
});
addEventListener("pageshow", () => document.querySelectorAll<HTMLFormElement>("form").forEach((f) => delete f.dataset["sent"]));
