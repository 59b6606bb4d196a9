// Runs in a page: what the first drawing of it is made of.
(() => {
  const svg = document.querySelector('svg');
  const texts = [...svg.querySelectorAll('text')].map((text) => text.textContent);
  return { texts, edges: svg.querySelectorAll('.edge').length, title: svg.querySelector('title').textContent };
})();
