import assert from "node:assert/strict";
import { test } from "node:test";
import { setValue, textOf, typedIn, valueOf, type Field } from "./field.ts";

test("a value is read and written at its path, and its neighbours remain", () => {
  const settings = { name: "内科", absence: { back: 3, rule: "tail" } };
  setValue(settings, "name", "外科");
  setValue(settings, "absence.back", 5);
  assert.deepEqual(settings, { name: "外科", absence: { back: 5, rule: "tail" } });
  assert.equal(valueOf(settings, "absence.back"), 5);
});

test("what is typed becomes a value of the field's kind", () => {
  const typed = (kind: Field["kind"], value: string, checked = false) => typedIn({ path: "x", kind }, { value, checked });
  assert.equal(typed("text", " 内科 "), "内科");
  assert.equal(typed("number", ""), 0);
  assert.equal(typed("bound", ""), null);
  assert.equal(typed("bound", "0"), 0);
  assert.equal(typed("check", "1"), false);
  assert.deepEqual(typed("list", "内科、 小児科,,外科"), ["内科", "小児科", "外科"]);
  assert.deepEqual(typed("lines", "https://a.example\n\n https://b.example "), ["https://a.example", "https://b.example"]);
  assert.deepEqual(typed("lines", ""), []);
});

test("a list that was read and not changed is typed as it was", () => {
  for (const kind of ["list", "lines"] as const) {
    const f = { path: "x", kind };
    assert.deepEqual(typedIn(f, { value: textOf(f, ["a", "b"]) }), ["a", "b"]);
  }
});
