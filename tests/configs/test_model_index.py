"""`mim search` and `pkg::` bases read these files: one broken entry breaks them for everybody."""
from __future__ import annotations

import re

import pytest
import yaml
from modelindex import load_model_index

from tests.configs.leaves import CONFIGS, LEAVES

ROOT = CONFIGS.parent
INDEX = yaml.safe_load((ROOT / 'model-index.yml').read_text())
FILES = [yaml.safe_load((ROOT / path).read_text()) for path in INDEX['Import']]
MODELS = [model for file in FILES for model in file['Models']]


def test_every_experiment_is_listed_once():
    listed = [model['Config'] for model in MODELS]
    assert len(listed) == len(set(listed))
    # Runs are written below the name alone.
    assert len(listed) == len({model['Name'] for model in MODELS})
    assert set(listed) == {f'configs/{name}' for name in LEAVES
                           if '/ablations/' not in name}


@pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])
def test_entry(model):
    collections = {entry['Name']: entry for file in FILES for entry in file['Collections']}
    assert model['Config'].endswith(f"/{model['Name']}.py")
    assert (ROOT / collections[model['In Collection']]['README']).is_file()
    assert model['Results'] is None  # nothing was trained to the end here
    assert model['Weights'] == 'none/'  # see model-index.yml


def test_mim_reads_it():
    index = load_model_index.load(str(ROOT / 'model-index.yml'))
    index.build_models_with_collections()
    assert {model.name for model in index.models} == {model['Name'] for model in MODELS}


@pytest.mark.parametrize('model', MODELS, ids=lambda model: model['Name'])
def test_resources_are_those_of_the_configs_header(model):
    """An entry without its own would be shown with those of its collection, the paper's."""
    header = re.search(r'^# Hardware: .*?(\d+ (?:GPUs?|CPU cores))',
                       (ROOT / model['Config']).read_text(), re.MULTILINE)
    assert model['Metadata']['Training Resources'] == header[1]
    if processes := re.search(r'_(\d+)xb\d+', model['Name']):
        count = int(processes[1])
        gpus = f'{count} GPU{"s" * (count > 1)}'
        assert header[1] == gpus or (count == 1 and header[1].endswith('CPU cores'))


@pytest.mark.parametrize('model', [model for model in MODELS if 'Downstream' in model],
                         ids=lambda model: model['Name'])
def test_expectations_are_of_benchmarks(model):
    benchmarks = {name for name in LEAVES if name.startswith('benchmarks/')}
    for row in model['Downstream']:
        assert f"benchmarks/{row['Config']}.py" in benchmarks
        assert row['Paper'].startswith('Table ')
        assert all(0 < figure < 100 for figure in row['Expected'].values())
