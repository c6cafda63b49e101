(()=>{var n=document.getElementById("print");n&&(n.hidden=!1,n.addEventListener("click",()=>window.print()));})();
