// The form of a new goal, whose parts are folded until something in them is needed or wrong.

/** Fills in a field as a person does: its part is unfolded first. */
export async function fill(page, id, value) {
  const field = page.locator(`#${id}`);
  if (!(await field.isVisible())) {
    await page.locator("details", { has: field }).locator("summary").click();
  }
  await field.fill(value);
}
