-- Drives Neovim (0.7 or newer) through the server's features as a person would, and prints what it saw as JSON.
-- The configuration that starts the server is that of its page. The current directory is the fleet.

local PATIENCE_MS = 30000
local seen = {}

local function finish()
  io.stdout:write(vim.fn.json_encode(seen))
  vim.cmd('qall!')
end

--- What Neovim would tell at the bottom of the screen.
local told = {}
vim.notify = function(message) table.insert(told, message) end

--- Waits until `satisfied` holds; false if it never did.
local function wait(satisfied)
  return (vim.wait(PATIENCE_MS, satisfied, 20))
end

local function client()
  return (vim.lsp.get_clients or vim.lsp.get_active_clients)()[1]
end

local function open(file)
  vim.cmd('edit ' .. file)
  local buffer = vim.api.nvim_get_current_buf()
  local attached = wait(function() return client() and vim.lsp.buf_is_attached(buffer, client().id) end)
  if not attached then error('no server was started for ' .. file) end
  return buffer
end

local function has_message(buffer, text)
  for _, each in ipairs(vim.diagnostic.get(buffer)) do
    if each.message:find(text, 1, true) then return true end
  end
  return false
end

--- Puts the cursor behind the first character of the first `text` of the buffer.
local function go_to(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { number, column })
      return number
    end
  end
  error('there is no ' .. text)
end

local function line_has(text)
  return vim.api.nvim_get_current_line():find(text, 1, true) ~= nil
end

local function ask(method, parameters)
  local answers = vim.lsp.buf_request_sync(0, method, parameters, PATIENCE_MS) or {}
  local answer = answers[client().id]
  if not answer then error(method .. ' was not answered') end
  if answer.err then error(method .. ': ' .. answer.err.message) end
  return answer.result
end

local function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then return window end
  end
end

local function hovered()
  vim.lsp.buf.hover()
  wait(floating)
  local window = floating()
  if not window then return nil end
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
  vim.api.nvim_win_close(window, true)
  return table.concat(lines, '\n')
end

--- Chooses the first of the actions, and returns the titles of all.
local function take_first_action()
  local titles
  vim.ui.select = function(items, options, choose)
    titles = vim.tbl_map(options.format_item, items)
    choose(items[1], 1)
  end
  vim.lsp.buf.code_action()
  wait(function() return titles ~= nil end)
  return titles
end

local function run()
  local root = vim.fn.getcwd()
  local matrix = open('lib/machine-env-matrix.nix')
  seen.filetype = vim.bo.filetype
  seen.found = wait(function() return has_message(matrix, '"anthropc"') end)

  go_to('"github-token"')
  seen.hover = hovered()
  seen.completion = vim.tbl_map(
    function(item) return item.label end,
    ask('textDocument/completion', vim.lsp.util.make_position_params(0, 'utf-16')).items
  )
  vim.lsp.buf.definition()
  wait(function() return vim.api.nvim_get_current_buf() ~= matrix end)
  seen.definition = vim.api.nvim_buf_get_name(0)
  vim.cmd('buffer ' .. matrix)

  go_to('"github-token"')
  vim.lsp.buf.rename('gh-token')
  wait(function() return line_has('gh-token') end)
  seen.renamed = vim.api.nvim_get_current_line()
  local registry = vim.fn.bufnr(root .. '/lib/secret-registry.nix')
  seen.renamed_elsewhere =
    vim.fn.match(vim.api.nvim_buf_get_lines(registry, 0, -1, false), '^  gh-token = ') >= 0

  go_to('"anthropc"')
  seen.actions = take_first_action()
  wait(function() return line_has('"anthropic"') end)
  seen.fixed = vim.api.nvim_get_current_line()
  seen.gone = wait(function() return not has_message(matrix, '"anthropc"') end)

  -- An edit of one buffer changes the findings of another.
  vim.cmd('silent wall')
  local edited = open('lib/secret-registry.nix')
  go_to('anthropic = ')
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local text = vim.api.nvim_buf_get_lines(edited, row, row + 1, false)[1]
  local function set(line) vim.api.nvim_buf_set_lines(edited, row, row + 1, false, { line }) end
  set((text:gsub('anthropic', 'anthropique', 1)))
  seen.across = wait(function() return has_message(matrix, '"anthropic"') end)
  set(text)

  -- What is stored moves along, or nothing is renamed.
  go_to('"gmail-app-password"')
  told = {}
  vim.lsp.buf.rename('gmail-password')
  local function moved() return vim.fn.isdirectory('vars/per-machine/lea/gmail-password') == 1 end
  wait(function() return #told > 0 or moved() end)
  seen.stored = moved() and 'moved' or told[1]
  if moved() then wait(function() return line_has('"gmail-password"') end) end
  seen.server_alive = client() ~= nil
end

local ok, problem = pcall(run)
if not ok then seen.problem = problem end
finish()
