// The style of report.html: the system's own fonts, light or dark as the reader has it, wide, narrow or
// printed.
#include "report/html_sections.h"

namespace mlp {

const char* const kStyleSheet = R"css(
:root{color-scheme:light dark;--page:#f5f5f3;--card:#fff;--ink:#1b1d20;--quiet:#6b7078;--line:#e4e3df;--grid:#eeede9;
--soft:#f4f4f1;--shade:0 0 0/.13;--blue:33 98 178;--orange:205 92 20;--green:24 122 84;--violet:112 84 176;--red:192 38 45}
@media screen and (prefers-color-scheme:dark){:root{--page:#111214;--card:#191b1e;--ink:#e7e7e4;--quiet:#989da6;--line:#2c2f34;
--grid:#25282c;--soft:#212327;--shade:0 0 0/.6;--blue:104 168 244;--orange:242 150 84;--green:96 196 150;--violet:178 154 240;--red:255 118 112}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;padding:48px 32px 80px;max-width:1180px;background:var(--page);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums}
h1,h2,h3,p,figure,dl,dd,ol,ul,pre{margin:0;padding:0}
h1{font-size:34px;line-height:1.2;font-weight:680;letter-spacing:-.02em;overflow-wrap:anywhere}
h2{font-size:20px;line-height:1.3;font-weight:640;letter-spacing:-.01em}
h3{font-size:14px;line-height:1.4;font-weight:620}
small{font-size:12.5px}
.kind{font-size:12px;font-weight:600;letter-spacing:.09em;text-transform:uppercase;color:rgb(var(--blue))}
.made{margin-top:4px;color:var(--quiet)}
.question{margin-top:6px;font-size:17px;overflow-wrap:anywhere}
.question b{font-weight:640}
.quiet,td.quiet{color:var(--quiet)}
.tiles{display:flex;flex-wrap:wrap;gap:1px;margin-top:28px;overflow:hidden;
background:var(--line);border:1px solid var(--line);border-radius:12px}
.tile{flex:1 1 140px;min-width:0;padding:16px 20px 15px;background:var(--card)}
.tile dt{font-size:13px;color:var(--quiet)}
.tile dd{overflow-wrap:anywhere;font-size:26px;line-height:1.25;font-weight:640;letter-spacing:-.015em}
.tile.first dd{color:rgb(var(--blue))}
.tile.bad dd,td.bad,b.bad{color:rgb(var(--red))}
.tile.mixed dd,b.mixed{color:rgb(var(--orange))}
.tile.bad dd::before,.tile.mixed dd::before{content:"\26A0\FE0E";margin-right:.3em;font-weight:400}
.tile small{display:block;min-height:1.5em;font-weight:400;letter-spacing:0;color:var(--quiet);overflow:hidden;
text-overflow:ellipsis;white-space:nowrap}
.warning{margin-top:16px;padding:12px 20px;border:1px solid;border-radius:12px;font-weight:600;overflow-wrap:anywhere}
.warning.bad{color:rgb(var(--red));background:rgb(var(--red)/.07)}
.warning.mixed{color:rgb(var(--orange));background:rgb(var(--orange)/.07)}
.notes{margin-top:16px;padding:12px 20px;border:1px solid var(--line);border-radius:12px;background:var(--card);font-size:14px}
.notes ul{padding-left:18px;overflow-wrap:anywhere}
.notes details{margin:0}
.notes .folded{margin-left:-14px;list-style:none}
.notes summary{color:inherit}
.notes details ul{color:var(--quiet)}
nav{display:flex;flex-wrap:wrap;gap:4px 22px;margin-top:22px;font-size:14px}
nav a{color:var(--quiet);text-decoration:none;border-bottom:1px solid transparent}
nav a:hover{color:var(--ink);border-color:currentColor}
section{margin-top:24px;padding:26px 28px 28px;background:var(--card);border:1px solid var(--line);border-radius:12px}
.lead{margin-top:4px;max-width:76ch;color:var(--quiet);font-size:14px}
.lead+*,h2+*{margin-top:20px}
h2+.lead{margin-top:4px}
.lead .key{font-size:inherit;color:inherit}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:28px 40px}
.beside{display:flex;flex-wrap:wrap;gap:32px 48px}
.beside>*{flex:1 1 430px;min-width:0}
.beside>:first-child{flex:0 1 auto;max-width:100%}
.one{display:grid;grid-template-columns:minmax(0,1fr);gap:32px}
.two+.two,.two+details,details+.two{margin-top:28px}
.three{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,280px),1fr));gap:28px 36px;margin-top:36px}
.three figure{max-width:420px}
.three figcaption{display:block}
.curves{display:grid;grid-template-columns:minmax(0,1.62fr) minmax(0,1fr);gap:24px 36px}
.stack{display:flex;flex-direction:column;justify-content:space-between;gap:16px}
figcaption{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:2px 16px}
.keys{display:flex;flex-wrap:wrap;gap:2px 16px}
.key{font-size:13px;color:var(--quiet);white-space:nowrap}
.key b{font-weight:600;color:var(--ink)}
.key i{display:inline-block;width:9px;height:9px;margin-right:6px;border-radius:50%;background:currentColor}
.key.training i,.key.points i,.key.plus i{background:rgb(var(--blue))}
.key.validation i,.key.marked i,.key.minus i{background:rgb(var(--orange))}
.key.best i{background:none;border:2px solid rgb(var(--orange))}
.key.rate i{background:rgb(var(--violet))}
.key.least i{width:14px;height:0;border-top:2px dashed var(--quiet);border-radius:0;background:none;vertical-align:middle}
.key.misleads i{background:rgb(var(--orange)/.8)}
.chart{display:block;width:100%;height:auto;margin-top:6px;overflow:visible;font:12px system-ui,sans-serif;
font-variant-numeric:tabular-nums}
.chart text{fill:var(--quiet)}
.chart path{vector-effect:non-scaling-stroke}
.points path{vector-effect:none}
.grid{stroke:var(--grid);fill:none}
.base{stroke:var(--line);fill:none}
.axis .y{text-anchor:end;dominant-baseline:middle}
.axis .x{text-anchor:middle}
.axis .name{text-anchor:end}
.least{stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:6 4;fill:none}
.whiskers{stroke:rgb(var(--blue)/.45);stroke-width:1.5;fill:none}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.line.training{stroke:rgb(var(--blue))}
.line.validation{stroke:rgb(var(--orange))}
.line.rate{stroke:rgb(var(--violet))}
.dots.training{fill:rgb(var(--blue))}
.dots.validation{fill:rgb(var(--orange))}
.dots.rate{fill:rgb(var(--violet))}
.ring{fill:none;stroke:rgb(var(--orange));stroke-width:2}
.at rect{fill:transparent}
.at path{stroke:var(--quiet);stroke-dasharray:2 3;opacity:0}
.at text{opacity:0;text-anchor:end;pointer-events:none}
.at:hover path,.at:hover text{opacity:1}
.identity{stroke:var(--quiet);stroke-dasharray:5 5;fill:none}
.points path{stroke:rgb(var(--blue)/.5);stroke-width:6;stroke-linecap:round}
.marked circle{fill:none;stroke:rgb(var(--orange));stroke-width:2;pointer-events:all}
.bars rect{fill:rgb(var(--blue)/.75)}
.bars rect:hover{fill:rgb(var(--blue))}
.zero{stroke:var(--ink);stroke-dasharray:3 4;opacity:.6}
.scroll{overflow-x:auto;background:linear-gradient(90deg,var(--card) 30%,transparent) 0/36px 100%,
linear-gradient(270deg,var(--card) 30%,transparent) 100%/36px 100%,
linear-gradient(90deg,rgb(var(--shade)),transparent) 0/14px 100%,
linear-gradient(270deg,rgb(var(--shade)),transparent) 100%/14px 100%;
background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
.aside{margin-bottom:8px;font-size:13px;color:var(--quiet)}
.chart+.aside{margin:2px 0 0}
table{width:100%;border-collapse:collapse;font-size:13.5px}
caption{padding:0 0 8px;color:var(--quiet);font-size:13px;text-align:left}
th,td{padding:6px 12px 6px 0;text-align:left;vertical-align:middle;border-bottom:1px solid var(--grid)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--quiet);font-weight:500;white-space:nowrap;border-color:var(--line)}
tbody tr:last-child>*{border-bottom:0}
th[scope=row]{font-weight:400;color:var(--quiet)}
.n{text-align:right;white-space:nowrap}
.n+td:not(.n),.n+th:not(.n){padding-left:20px}
.strong{font-weight:620}
th.edge,td.edge{padding-left:28px;color:var(--quiet)}
.right{color:rgb(var(--green))}
.wrong{color:rgb(var(--orange))}
.bar{position:relative;min-width:112px}
.classes{margin-top:8px}
.classes th,.hardest thead th{white-space:normal;line-height:1.3;vertical-align:bottom}
.bar i{position:absolute;left:4px;top:50%;width:calc((100% - 62px)*var(--v));height:6px;margin-top:-3px;
border-radius:3px;background:rgb(var(--orange)/.7)}
.facts{width:auto;min-width:min(100%,420px)}
.facts th{width:190px;padding-right:24px}
.facts td{overflow-wrap:anywhere}
.confusion{width:auto;border-collapse:separate;border-spacing:2px}
.confusion th,.confusion td{padding:0 3px;height:36px;min-width:calc(var(--c)*.63em + 7px);border:0;border-radius:5px;text-align:center;
color:var(--ink)}
.confusion thead td,.confusion th[scope=row],.confusion.few th[scope=row]{min-width:0}
.confusion th[scope=row]{padding-right:10px;text-align:right;white-space:nowrap;color:var(--quiet)}
.confusion thead th{color:var(--quiet)}
.confusion .z{color:var(--quiet);opacity:.55;background:var(--soft)}
.confusion .hit{background:rgb(var(--blue)/var(--s));font-weight:620}
.confusion .miss{background:rgb(var(--orange)/var(--s))}
.confusion i{font-style:normal}
.confusion .hit.deep{color:#fff}
@media screen and (prefers-color-scheme:dark){.confusion .deep,.confusion .half{color:var(--card)}.confusion .hit.deep{color:var(--card)}}
.swipe .confusion th[scope=row]{position:sticky;left:0;background:var(--card)}
.upright thead th{height:auto;padding-bottom:8px;vertical-align:bottom}
.confusion.few th,.confusion.few td{min-width:84px;height:56px;font-size:15px}
.upright thead span{writing-mode:vertical-rl;text-orientation:sideways;transform:rotate(180deg)}
.pixels{display:block;width:100%;image-rendering:pixelated}
.heat{max-width:520px}
.heat img{border:1px solid var(--line)}
.heat figcaption{display:block;margin-top:8px;font-size:13px;color:var(--quiet)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:20px 16px}
.gallery img{aspect-ratio:1;object-fit:contain;border-radius:8px;background:#000}
.gallery figcaption{display:block;margin-top:7px;line-height:1.35}
.verdict{display:block;font-size:15px;font-weight:600}
.arrow{color:var(--quiet);font-weight:400}
.gallery small{display:block;color:var(--quiet);white-space:nowrap}
.weights{display:grid;grid-template-columns:repeat(auto-fill,minmax(82px,1fr));gap:10px}
.weights img{border-radius:6px;background:var(--soft)}
.features td:first-child{white-space:nowrap}
.features .fill{width:100%;padding-right:20px}
.strip{height:18px;border-radius:3px;background:var(--soft)}
.signed{display:block;position:relative;height:16px;background:linear-gradient(var(--line),var(--line)) 50%/1px 100% no-repeat}
.signed i{position:absolute;top:2px;height:12px;width:calc(50%*var(--v));border-radius:2px}
.signed.plus i{left:50%;background:rgb(var(--blue)/.8)}
.signed.minus i{right:50%;background:rgb(var(--orange)/.8)}
.rise{display:block;position:relative;height:16px}
.rise::before{content:"";position:absolute;left:calc(100%*var(--z));top:0;width:1px;height:16px;background:var(--line)}
.rise i{position:absolute;top:2px;left:calc(100%*var(--a));width:calc(100%*var(--v));height:12px;border-radius:2px;
background:rgb(var(--blue)/.8)}
.rise.faint i{background:var(--quiet);opacity:.5}
.rise.misleads i{background:rgb(var(--orange)/.8)}
.key.faint i{background:var(--quiet);opacity:.5}
.folds{max-width:880px;margin-top:32px}
.folds .fill{width:46%;padding:0 12px 0 24px}
.strewn{display:block;width:100%;min-width:160px;height:26px;overflow:visible}
.fold{fill:rgb(var(--blue)/.55)}
.mean{stroke:rgb(var(--blue));stroke-width:2;fill:none}
.spark{display:block;width:96px;height:22px}
.spark path{stroke:rgb(var(--blue)/.7);fill:none}
.network{display:flex;flex-wrap:wrap;gap:10px 0;list-style:none}
.network li{position:relative;min-width:84px;padding:9px 14px 8px;border:1px solid var(--line);border-radius:9px;
background:var(--soft);text-align:center}
.network li+li{margin-left:30px}
.network li+li::before{content:"\2192";position:absolute;left:-23px;top:50%;transform:translateY(-50%);color:var(--quiet)}
.network b{display:block;font-size:17px;line-height:1.3;font-weight:640}
.network span{font-size:12.5px;color:var(--quiet)}
.network .gap{min-width:0;border:0;background:none}
.network+.two{margin-top:26px}
details{margin-top:20px}
summary{cursor:pointer;font-size:14px;color:var(--quiet)}
summary:hover{color:var(--ink)}
details[open] summary{margin-bottom:12px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin-top:8px;padding:13px 16px;border:1px solid var(--line);border-radius:8px;background:var(--soft);
font:13.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre+h3{margin-top:18px}
.swipe::before{display:none;position:sticky;left:0;width:max-content;margin-bottom:6px;font-size:13px;color:var(--quiet);
content:"swipe sideways for more \2192"}
.given{display:grid;grid-template-columns:repeat(auto-fill,minmax(168px,1fr));gap:16px 24px}
.given dt{font-size:13px;color:var(--quiet)}
.given dd{font-weight:600;overflow-wrap:anywhere}
.given .line{grid-column:1/-1}
.given+.aside,.given+.scroll,.given+.two,.given+.beside,.given+.one,.given+details,.scroll+.two{margin-top:26px}
td.spread,th.spread{padding-left:28px;width:130px}
@media (max-width:1000px){.network+.two{grid-template-columns:minmax(0,1fr)}}
@media (max-width:860px){.two,.curves{grid-template-columns:minmax(0,1fr)}
.stack{flex-direction:row;gap:32px}.stack>*{flex:1 1 0;min-width:0}.stack .chart{font-size:15px}}
@media (max-width:640px){body{padding:28px 14px 48px}section{padding:20px 16px;margin-top:16px}h1{font-size:27px}
.stack{flex-direction:column;gap:16px}.tile{flex-basis:40%;padding:13px 15px}.tile dd{font-size:22px}
.swipe::before{display:block}
.chart{font-size:15.5px}.stack .chart,.three .chart{font-size:13.5px}.wide .chart{font-size:22px}
.bar{min-width:0}.bar i,.lack,.counted tr>:nth-child(2),.layers tr>:nth-child(2),.areas.counted tr>:nth-child(3){display:none}
.features td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:108px}.features thead th{white-space:normal}.features .fill{padding-right:10px}
.folds .fill{padding:0 4px 0 8px}.folds tr>:nth-child(4),.folds tr>:nth-child(6){display:none}.strewn{min-width:84px}.fold{r:13px}.strewn .ring{r:18px;stroke-width:6}.mean{stroke-width:4}
.confusion{border-spacing:1px}.confusion i{display:none}
.confusion th,.confusion td{height:30px;min-width:calc(var(--d)*.64em + 1px);padding:0;font-size:10px}.confusion.few th,.confusion.few td{min-width:52px;height:44px;font-size:14px}
.confusion.few i{display:inline}.confusion th[scope=row]{max-width:84px;padding-right:5px;overflow:hidden;text-overflow:ellipsis}
th,td{padding-right:9px}.n+td:not(.n),.n+th:not(.n){padding-left:12px}.facts{width:100%}.facts th{width:40%;padding-right:12px}.gallery{grid-template-columns:repeat(auto-fill,minmax(88px,1fr));gap:16px 12px}
.given{grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:12px 16px}
.weights{grid-template-columns:repeat(auto-fill,minmax(58px,1fr));gap:7px}}
@media print{:root{color-scheme:light;--page:#fff}body{padding:0;max-width:none;font-size:12px}nav,.at,.swipe::before{display:none}
.tiles,.warning,.notes,.lead,figure,tr{break-inside:avoid}.weights{grid-template-columns:repeat(10,1fr)}section{padding:18px 0;border:0;border-top:1px solid var(--line);border-radius:0}
h2,h3,.lead,figcaption{break-after:avoid}.scroll{overflow:visible;background:none}main details:not([open]){display:none}
.hardest tr>:nth-child(n+11){display:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
)css";

}  // namespace mlp
