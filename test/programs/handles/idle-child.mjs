// Does nothing, until its parent ends it.
setInterval(() => {}, 60_000);
