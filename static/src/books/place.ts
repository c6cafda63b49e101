// Where the user is on the page, as the fragment of its address: "#members/m1". The
// browser's own back button works, and a booking or a member has a link.

import { views, type View } from "./host.ts";

export interface Place {
  view: View;
  id: string; // of the booking or the member that is open; "": the list
}

export function placeOf(fragment: string): Place {
  const [name = "", ...rest] = fragment.replace(/^#/, "").split("/");
  const view = views.find((v) => v === name) ?? "bookings";
  return { view, id: decoded(rest.join("/")) };
}

export function fragmentOf({ view, id }: Place): string {
  return "#" + view + (id ? "/" + encodeURIComponent(id) : "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
