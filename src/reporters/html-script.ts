// What the page does by itself: filter, fold, and show what a link leads to. Without it all is there, and unfolded.

export const script: string = `
'use strict';
const input = document.querySelector('input');
const status = document.querySelector('output');
const rows = [...document.querySelectorAll('[data-row]')].map((row) => ({ row, text: row.textContent.toLowerCase() }));
let asked = 0;
function filter() {
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const { row, text } of rows) {
    const isShown = words.every((word) => text.includes(word));
    if (row.hidden === isShown) row.hidden = !isShown;
    if (isShown) shown++;
  }
  status.textContent = words.length === 0 ? '' : shown + ' of ' + rows.length + ' lines';
}
input.addEventListener('input', () => {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(filter);
});
function fold(isOpen) {
  for (const each of document.querySelectorAll('details')) each.open = isOpen;
}
document.querySelector('[data-do=fold]').addEventListener('click', () => fold(false));
document.querySelector('[data-do=unfold]').addEventListener('click', () => fold(true));
addEventListener('beforeprint', () => fold(true));
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  const target = link && document.getElementById(decodeURIComponent(link.getAttribute('href').slice(1)));
  if (target === null || !target.closest('[hidden]')) return;
  input.value = '';
  filter();
});
`;
