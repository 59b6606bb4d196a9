// Runs in a page: how many links there are, which of them lead nowhere, and how many ids are given twice.
(() => {
  const links = [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'));
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const dead = links.filter((link) => !link.startsWith('#') || !ids.includes(link.slice(1)));
  return { links: links.length, dead, twice: ids.length - new Set(ids).size };
})();
