// How the page looks: light and dark, on a narrow screen, on paper.

const bars = Array.from({ length: 21 }, (_, step) => `.b${step}{width:${step * 5}%}`).join('');

export const style: string = `
:root{color-scheme:light dark;--back:#fff;--text:#1c2126;--dim:#57606a;--line:#d0d7de;--soft:#f3f5f7;--link:#0757ba;
--bad:#b3261e;--badback:#fdecea;--warn:#7a4d00;--warnback:#fff4dc;--good:#116329;--bar:#c3d3e8;--barnow:#3d72b4;--mark:#fff3b0}
@media (prefers-color-scheme:dark){:root{--back:#12161b;--text:#e4e8ec;--dim:#9aa5b1;--line:#343c46;--soft:#1b2128;--link:#7db3ff;
--bad:#ff9d93;--badback:#3a1c1a;--warn:#f2c572;--warnback:#332813;--good:#7ee2a0;--bar:#2f4763;--barnow:#6fa3e0;--mark:#4d4413}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1400px;padding:16px 20px 60px;background:var(--back);color:var(--text);
font:14px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
h1{font-size:22px;margin:4px 0 8px}h2{font-size:18px;margin:36px 0 4px;padding-top:12px;border-top:2px solid var(--line)}
h3{font-size:15px;margin:24px 0 8px}p{margin:4px 0}.dim,small{color:var(--dim)}
a{color:var(--link);text-decoration:none}a:hover,a:focus{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre,td,.tree,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px}
pre{margin:0;padding:10px 12px;background:var(--soft);border-radius:6px;overflow-x:auto;white-space:pre}
nav ul{list-style:none;padding:0;margin:8px 0}nav li{margin:2px 0}
.bar-of-tools{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:8px 0;background:var(--back)}
input,button{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:6px;padding:5px 10px}
input{flex:1 1 220px;min-width:0;max-width:420px}button{cursor:pointer}
.finding{margin:8px 0;padding:8px 12px;border-left:4px solid var(--warn);background:var(--warnback);border-radius:0 6px 6px 0}
.finding.fails{border-color:var(--bad);background:var(--badback)}
.finding.good{border-color:var(--good);background:var(--soft)}.finding.good b{color:var(--good)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:12px 20px;margin:10px 0}figure{margin:0}
figcaption{font-size:12.5px;color:var(--dim)}.charts svg{width:100%;height:60px;margin:2px 0;border-bottom:1px solid var(--line)}
.curve{fill:var(--bar);stroke:var(--barnow);stroke-width:1;vector-effect:non-scaling-stroke}svg.small{width:100%;height:18px;margin:2px 0}
h4{font-size:13px;margin:14px 0 4px}.finding b{color:var(--warn)}.finding.fails b{color:var(--bad)}.fine{color:var(--good)}
table{border-collapse:collapse;width:100%;table-layout:fixed}
.w6{width:6%}.w8{width:8%}.w10{width:10%}.w12{width:12%}.w16{width:16%}.w20{width:20%}
th{position:sticky;top:49px;background:var(--back);text-align:left;font-weight:600;color:var(--dim)}
th,td{padding:4px 10px 4px 0;vertical-align:top;border-bottom:1px solid var(--line)}td.n,th.n{text-align:right;white-space:nowrap}
tr:target,li:target{background:var(--mark)}[hidden]{display:none!important}
.bar{display:block;width:90px;height:6px;margin-top:3px;border-radius:3px;background:var(--soft)}
.bar i{display:block;height:6px;border-radius:3px;background:var(--bar);min-width:2px}.bar i i{background:var(--barnow)}
.holder{display:block;padding-left:12px}
.tree ul{list-style:none;margin:0;padding-left:18px;border-left:1px solid var(--line)}.tree>ul{border:0;padding:0}
.tree li{margin:2px 0}.tree .created>details>summary,.tree .created>p{font-style:italic}.tree summary{cursor:pointer}
.tree p{margin:0;padding-left:16px}
svg{display:block;max-width:100%;height:auto;margin:8px 0}svg text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:var(--text)}
svg .box{fill:var(--badback);stroke:var(--bad);stroke-width:1.5}svg .edge{fill:none;stroke:var(--dim);stroke-width:1.5}
svg .tip{fill:var(--dim)}svg .label{fill:var(--dim);stroke:var(--back);stroke-width:4px;paint-order:stroke}
${bars}
@media (max-width:700px){body{padding:10px 12px 40px}thead{display:none}table,tbody,tr,td{display:block}
tr{padding:8px 0;border-bottom:1px solid var(--line)}td,td.n{border:0;padding:1px 0;text-align:left;display:grid;grid-template-columns:92px 1fr}
td:empty{display:none}td::before{content:attr(data-of);color:var(--dim)}td>*{grid-column:2}.bar{width:100%}th{position:static}}
@media print{.bar-of-tools,nav{display:none}body{max-width:none;padding:0;font-size:11px}th{position:static}
tr,.finding{break-inside:avoid}pre{white-space:pre-wrap}a{color:inherit}}
`;
