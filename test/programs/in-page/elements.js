// Runs in a page: which elements its content is made of, and what of them could run or load something.
(() => {
  const tags = new Set([...document.querySelectorAll('main *')].map(({ tagName }) => tagName.toLowerCase()));
  const active = [...document.querySelectorAll('*')].flatMap((element) =>
    element.getAttributeNames().filter((name) => name.startsWith('on') || name === 'src' || name === 'style'),
  );
  return { tags: [...tags].toSorted(), active, scripts: document.scripts.length };
})();
