// A button that opens the browser's own printing; without this script there is none.
const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => window.print());
