/**
 * Enter in a field sends its form; a field in a shadow tree has none, so this does what the browser would: press the
 * first submit button, and where there is none, submit.
 */
export function sendForm(form: HTMLFormElement | null): void {
  for (const control of form?.elements ?? []) {
    if (control instanceof HTMLElement && control.matches('[type=submit], button:not([type])')) {
      control.click();
      return;
    }
  }
  form?.requestSubmit();
}
