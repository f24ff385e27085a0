/** The field to write in: Enter sends, Shift and Enter break the line; the last message can be taken up again. */
export function createComposer(form, { send, edit }) {
  const field = form.elements.text;
  const editing = form.querySelector('.editing');

  function stopEditing() {
    if (editing.hidden) return;
    editing.hidden = true;
    field.value = '';
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    const isEdit = !editing.hidden;
    field.value = '';
    editing.hidden = true;
    const isDone = await (isEdit ? edit(text) : send(text));
    // What could not be sent is given back, unless something else was begun.
    if (!isDone && field.value === '') field.value = text;
  });
  form.addEventListener('keydown', (event) => {
    // While a word is still being composed, Enter belongs to the input method.
    if (event.isComposing) return;
    if (event.key === 'Escape') stopEditing();
    if (event.key !== 'Enter' || event.shiftKey || event.target !== field) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.querySelector('.cancel').addEventListener('click', () => {
    stopEditing();
    field.focus();
  });

  return {
    focus: () => field.focus(),
    stopEditing,
    startEditing(text) {
      editing.hidden = false;
      field.value = text;
      field.focus();
    },
    /** What stands in the field, as part of a request; the field is empty afterwards. */
    takeText() {
      const text = field.value.trim();
      stopEditing();
      field.value = '';
      return text === '' ? {} : { text };
    },
  };
}
