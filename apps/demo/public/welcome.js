const name = new URLSearchParams(location.search).get('name');
if (name) document.querySelector('#name').textContent = `${name} 님, 환영합니다.`;
